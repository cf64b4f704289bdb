#!/bin/sh
# boot-machine.sh GROUP ARG…: systemd-nspawn with these arguments, in a control group of its own.
group=$1
shift
root=/sys/fs/cgroup
# One hierarchy (cgroup v2), or one for each kind of resource; a kind that does not take us is done without.
if [ -e $root/cgroup.controllers ]; then hierarchies=$root; else hierarchies=$(echo $root/*); fi
for hierarchy in $hierarchies; do
  mkdir -p "$hierarchy/$group" && echo $$ >"$hierarchy/$group/cgroup.procs"
done 2>/dev/null
exec systemd-nspawn "$@"
