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

/** Leaves in a list what the viewer sees; everything if there is none. One condition, no query per row. */
export function onlyVisible<T extends ObjectLiteral>(builder: SelectQueryBuilder<T>, viewer: Viewer | undefined): SelectQueryBuilder<T> {
  if (!viewer?.listed) return builder;
  viewer.applied = true;
  return builder.andWhere(visible(viewer.listed, builder.alias), viewing(viewer));
}
