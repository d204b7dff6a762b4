import { Controller } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { type Reply, action } from '../http/reply';
import { Action } from '../http/action.route';
import { originOf } from '../http/request-origin';
import { Needs, on } from '../permissions/access.declarations';
import { actionSchema } from '../vms/vm.input';
import { type PreviewInput, previewSchema } from './snapshot.input';
import { SnapshotsService } from './snapshots.service';

const begun = (operationId: string, api: ApiRequest): Reply => action(api.links.reference('jobs', operationId), 'pending');

/** What is done with the snapshots of a VM through the VM. */
@Controller('api/vms/:id')
export class SnapshotActionsController {
  constructor(private readonly snapshots: SnapshotsService) {}

  @Action('previewsnapshot')
  @Needs('manipulate_vm_snapshots', on('vm'))
  async preview(
    @Id('id') id: string,
    @Input({ element: 'action', schema: previewSchema, method: 'previewSnapshot' }) input: PreviewInput,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return begun(await this.snapshots.preview(id, input, originOf(api)), api);
  }

  @Action('undosnapshot')
  @Needs('manipulate_vm_snapshots', on('vm'))
  async undo(
    @Id('id') id: string,
    @Input({ element: 'action', schema: actionSchema, method: 'undoSnapshot' }) _input: unknown,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return begun(await this.snapshots.undo(id, originOf(api)), api);
  }

  @Action('commitsnapshot')
  @Needs('manipulate_vm_snapshots', on('vm'))
  async commit(
    @Id('id') id: string,
    @Input({ element: 'action', schema: actionSchema, method: 'commitSnapshot' }) _input: unknown,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return begun(await this.snapshots.commit(id, originOf(api)), api);
  }
}
