rkmod root create t --no-kernel --include 'make,gcc' --mirror file:///nonexistent
