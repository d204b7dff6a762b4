/** oVirt's id of the tag that is above all others. */
export const ROOT_TAG_ID = '00000000-0000-0000-0000-000000000000';
