rkmod biuld
