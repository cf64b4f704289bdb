#!/bin/sh
# enter-tree.sh TREE FOLDER PROGRAM [ARG…]: runs a program with TREE as its root. FOLDER, /tmp and the kernel's
# file systems are seen inside where they are outside. To be run in a mount namespace of its own.
set -e
tree=$1 folder=$2
shift 2
mount --bind "$tree" "$tree"
mount -t proc proc "$tree/proc"
for shared in /sys /dev /run /tmp "$folder"; do
  mkdir -p "$tree$shared"
  mount --rbind "$shared" "$tree$shared"
done
cd "$tree"
mkdir -p .outside
pivot_root . .outside
umount -l /.outside
exec "$@"
