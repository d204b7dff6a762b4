import type { Links, WireObject } from '@clinker/ovirt-api';
import type { Tag } from './tag.entity';

/** Collections whose objects can have tags, by path segment, with the element of one. */
export const TAGGED = { vms: 'vm', hosts: 'host', templates: 'template', users: 'user' } as const;

export type TaggedCollection = keyof typeof TAGGED;

/** A tag as oVirt shows it. */
export const tagRepresentation = (tag: Tag, links: Links): WireObject => ({
  ...links.reference('tags', tag.id),
  name: tag.name,
  description: tag.description,
  parent: tag.parentId === null ? undefined : links.reference('tags', tag.parentId),
});

/** A tag on an object. */
export function assignedTagRepresentation(tag: Tag, owner: { collection: TaggedCollection; id: string }, links: Links): WireObject {
  return {
    ...tagRepresentation(tag, links),
    ...links.reference(`${owner.collection}/${owner.id}/tags`, tag.id),
    [TAGGED[owner.collection]]: links.reference(owner.collection, owner.id),
  };
}
