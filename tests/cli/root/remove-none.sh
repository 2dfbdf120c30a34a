rkmod root remove nothing
