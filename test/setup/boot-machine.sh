#!/bin/sh
# boot-machine.sh GROUP ARG…: systemd-nspawn with these arguments, in a control group of its own.
group=$1
shift
for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/*; do
  [ -w "$hierarchy/cgroup.procs" ] || continue
  mkdir -p "$hierarchy/$group"
  # A group without processors and memory of its own takes no process.
  for set in cpus mems; do
    [ -e "$hierarchy/$group/cpuset.$set" ] && cat "$hierarchy/cpuset.$set" >"$hierarchy/$group/cpuset.$set"
  done
  echo $$ >"$hierarchy/$group/cgroup.procs"
done 2>/dev/null
exec systemd-nspawn "$@"
