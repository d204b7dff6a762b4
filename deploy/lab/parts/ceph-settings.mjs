// @ts-check
/** ceph.conf of the lab: everything in one folder, small memory, few threads. */
import { inLab } from '../kernel/settings.mjs';

/** @param {import('../kernel/settings.mjs').Lab} lab */
const GLOBAL = (lab) => `
[global]
fsid = ${lab.secrets.clusterId}
mon host = ${Object.values(lab.monitors)
  .map((address) => `[v2:${address}:3300,v1:${address}:6789]`)
  .join(' ')}
public network = ${lab.subnet}
ms bind ipv6 = false
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
auth allow insecure global id reclaim = false
keyring = ${inLab(lab, 'ceph')}/$name.keyring
admin socket = ${lab.short}/ceph/run/$name.asok
run dir = ${lab.short}/ceph/run
pid file =
log file =
log to file = false
log to stderr = true
err to stderr = true
mon cluster log to file = false
debug rocksdb = 1/1
debug bluestore = 1/1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon data avail warn = 1
mon data avail crit = 0
ms async op threads = 1
ms async max op threads = 1
`;

/** @param {import('../kernel/settings.mjs').Lab} lab */
const DAEMONS = (lab) => `
[client]
admin socket =

[mon]
mon data = ${inLab(lab, 'ceph')}/mon-$id
keyring = ${inLab(lab, 'ceph')}/mon-$id/keyring
mon allow pool delete = true
mon election timeout = 2
mon memory autotune = false
mon osd cache size = 32
rocksdb cache size = 8388608
mon mgr beacon grace = 60
mgr initial modules =

[mgr]
mgr data = ${inLab(lab, 'ceph')}/mgr
mgr/devicehealth/enable_monitoring = false
mgr stats period = 5

[osd]
osd data = ${inLab(lab, 'ceph')}/osd
osd objectstore = bluestore
osd journal =
osd class update on start = true
# A killed client's watch of an image ends sooner than after the usual 30 s.
osd client watch timeout = 15
osd op num shards = 2
osd op num threads per shard = 1
osd max pg log entries = 100
osd min pg log entries = 50
osd memory target = 939524096
osd memory cache min = 33554432
bluestore cache autotune = false
bluestore cache size = 67108864
bluestore block create = false
bluestore block size = 68719476736
bluestore rocksdb options = compression=kNoCompression,max_write_buffer_number=2,min_write_buffer_number_to_merge=1,write_buffer_size=16777216
bluestore fsck on mount = false
osd scrub begin hour = 3
osd scrub end hour = 4
`;

/** @param {import('../kernel/settings.mjs').Lab} lab */
export const cephSettings = (lab) => GLOBAL(lab) + DAEMONS(lab);
