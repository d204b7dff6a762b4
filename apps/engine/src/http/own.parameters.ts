import { SetMetadata } from '@nestjs/common';

const OWN = 'clinker:own-parameters';
const SEARCHES = 'clinker:searches';

/** What the parameters of one route mean, by their names. */
export type OwnParameters = Readonly<Record<string, string>>;

/** Describes the parameters that a route takes beside those of all routes. Each may also be a matrix parameter of the last segment. */
export const Takes = (parameters: OwnParameters): MethodDecorator => SetMetadata(OWN, parameters);

/** What is described by {@link Takes} at a controller's method. */
export const ownParameters = (handler: object): OwnParameters => (Reflect.getMetadata(OWN, handler) as OwnParameters | undefined) ?? {};

/** Says of a route that it takes a search in oVirt's language, see `listQuery`. */
export const Searches = (): MethodDecorator => SetMetadata(SEARCHES, true);

/** Whether a controller's method is said to take a search. */
export const takesSearch = (handler: object): boolean => Reflect.getMetadata(SEARCHES, handler) === true;
