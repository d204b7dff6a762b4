import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { type ObjectType, visible } from './object.tree';

/** Somebody who does not see everything, with his request. */
export interface Viewer {
  readonly id: string;
  readonly principals: readonly string[];
  /** What the request lists, if it is a list of what is shown to some only. */
  readonly listed?: ObjectType;
  /** True as soon as a query has left out what he does not see. */
  applied: boolean;
}

/** The parameters of `visible`. */
export const viewing = ({ id, principals }: Viewer) => ({ viewer: id, principals });

/** To be called of a list that leaves out what the viewer does not see. */
export function willOnlySeeHis(viewer: Viewer | undefined): void {
  if (viewer?.listed) viewer.applied = true;
}

/** Leaves in a list what the viewer sees; everything if there is none. One condition, no query per row. */
export function onlyVisible<T extends ObjectLiteral>(builder: SelectQueryBuilder<T>, viewer: Viewer | undefined): SelectQueryBuilder<T> {
  if (!viewer?.listed) return builder;
  willOnlySeeHis(viewer);
  return builder.andWhere(visible(viewer.listed, builder.alias), viewing(viewer));
}
