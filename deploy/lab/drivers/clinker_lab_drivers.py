"""Drivers for the lab's cinder-volume, for what Cinder's own driver for Ceph does not do."""

from cinder import exception
from cinder.objects import fields
from cinder.volume.drivers import rbd


class GroupRBDDriver(rbd.RBDDriver):
    """Ceph, with the face of a storage that takes snapshots of several volumes at one moment.

    Cinder's manager, scheduler, API and database behave as with any such storage. The snapshots themselves
    are taken one after the other: whether they are of one moment cannot be shown with this driver.
    Volumes with `ungroupable` in their names cannot be gathered, which Cinder finds out too late.
    """

    def _update_volume_stats(self):
        super()._update_volume_stats()
        self._stats['consistent_group_snapshot_enabled'] = True

    def create_group(self, context, group):
        return {'status': fields.GroupStatus.AVAILABLE}

    def delete_group(self, context, group, volumes):
        return {'status': fields.GroupStatus.DELETED}, []

    def update_group(self, context, group, add_volumes=None, remove_volumes=None):
        if any('ungroupable' in volume.display_name for volume in add_volumes or []):
            raise exception.VolumeDriverException(message='The volumes cannot be gathered')
        return None, None, None

    def create_group_snapshot(self, context, group_snapshot, snapshots):
        for snapshot in snapshots:
            self.create_snapshot(snapshot)
        return self._all(snapshots, fields.SnapshotStatus.AVAILABLE)

    def delete_group_snapshot(self, context, group_snapshot, snapshots):
        for snapshot in snapshots:
            self.delete_snapshot(snapshot)
        return self._all(snapshots, fields.SnapshotStatus.DELETED)

    @staticmethod
    def _all(snapshots, status):
        return {'status': status}, [{'id': snapshot.id, 'status': status} for snapshot in snapshots]
