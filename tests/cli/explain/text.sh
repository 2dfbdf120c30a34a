rkmod explain "ld: weird
make[1]: *** /lib/modules/6.1.0-1-mine/build: No such file or directory.  Stop."
