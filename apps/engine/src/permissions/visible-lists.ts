import type { WireObject } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import type { Viewer } from './viewer';
import { VisibleObjects } from './visible-objects.service';

/** Short lists come from services that know no viewer: what he does not see is left out of them here. */
@Injectable()
export class VisibleLists {
  constructor(private readonly objects: VisibleObjects) {}

  /** The body of an answer without what the viewer does not see, if the list was not asked for with him in mind. */
  async narrow(body: WireObject, viewer: Viewer | undefined): Promise<WireObject> {
    if (viewer?.listed === undefined || viewer.applied) return body;
    const narrowed: WireObject = {};
    for (const [item, value] of Object.entries(body))
      narrowed[item] = Array.isArray(value) ? [...(await this.objects.only(viewer, viewer.listed, value as WireObject[]))] : value;
    return narrowed;
  }
}
