rkmod root remove
