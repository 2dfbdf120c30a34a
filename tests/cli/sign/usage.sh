rkmod sign; rkmod sign x.ko --key k; rkmod sign -o o a.ko b.ko --key k --cert c
