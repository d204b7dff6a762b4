import type { Links, WireObject } from '@clinker/ovirt-api';
import type { Bookmark } from './bookmark.entity';

/** A bookmark as oVirt shows it. */
export const bookmarkRepresentation = ({ id, name, value }: Bookmark, links: Links): WireObject => ({
  ...links.reference('bookmarks', id),
  name,
  value,
});
