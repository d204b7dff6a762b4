import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { type VisibleType, visible } from './object.tree';

/** Somebody who does not see everything, and the list that he asked for. */
export interface Viewer {
  readonly type: VisibleType;
  readonly id: string;
  readonly principals: readonly string[];
}

/** Leaves in a query what the viewer sees; everything if there is none. One condition, no query per row. */
export function onlyVisible<T extends ObjectLiteral>(builder: SelectQueryBuilder<T>, viewer: Viewer | undefined): SelectQueryBuilder<T> {
  if (!viewer) return builder;
  return builder.andWhere(visible(viewer.type, builder.alias), { viewer: viewer.id, principals: viewer.principals });
}
