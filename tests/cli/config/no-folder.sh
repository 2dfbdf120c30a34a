rkmod config nowhere
