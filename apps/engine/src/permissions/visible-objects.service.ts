import type { WireObject } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { type ObjectType, describeType, isObject, visible } from './object.tree';
import { type Viewer, viewing } from './viewer';

/** Leaves out of an answer what its reader does not see, where no list's own query has done it: one query for all of a kind. */
@Injectable()
export class VisibleObjects {
  constructor(private readonly db: EntityManager) {}

  /** @param element what they are, e.g. `disk`; what is shown to everybody stays */
  async only(viewer: Viewer | undefined, element: string, objects: readonly WireObject[]): Promise<readonly WireObject[]> {
    if (!viewer || !isObject(element) || objects.length === 0) return objects;
    const seen = await this.among(viewer, element, objects.map(idOf));
    return objects.filter((one) => seen.has(idOf(one)));
  }

  private async among(viewer: Viewer, type: ObjectType, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.db
      .createQueryBuilder()
      .select('o.id', 'id')
      .from(describeType(type).table, 'o')
      .where('o.id = ANY(:ids::uuid[])', { ids, ...viewing(viewer) })
      .andWhere(visible(type, 'o'))
      .getRawMany<{ id: string }>();
    return new Set(rows.map(({ id }) => id));
  }
}

const idOf = ({ id }: WireObject): string => (typeof id === 'string' ? id : '');
