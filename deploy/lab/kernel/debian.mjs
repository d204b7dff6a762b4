// @ts-check
/** The Debian 12 packages that hold the lab's parts. */
export const DEBIAN_PACKAGES = [
  ...['postgresql', 'redis-server', 'nats-server', 'rabbitmq-server'],
  ...['libvirt-daemon', 'libvirt-clients', 'qemu-system-x86', 'qemu-block-extra', 'qemu-utils', 'open-iscsi', 'nvme-cli'],
  ...['ceph-mon', 'ceph-mgr', 'ceph-osd', 'ceph-common'],
  ...['python3-keystone', 'cinder-api', 'cinder-scheduler', 'cinder-volume', 'uwsgi-plugin-python3', 'python3-psycopg2'],
  ...['python3-openstackclient', 'python3-cinderclient'],
  ...['busybox-static', 'cpio', 'kmod', 'iproute2', 'openssl', 'xorriso'],
];
