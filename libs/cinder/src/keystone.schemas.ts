import { z } from 'zod';

/** `GET /v3/`: tells a Keystone from any other web server. */
export const discoverySchema = z.object({ version: z.object({ id: z.string().regex(/^v3/), status: z.string() }) });

const endpointSchema = z.object({
  interface: z.string(),
  url: z.string(),
  region: z.string().nullish(),
  region_id: z.string().nullish(),
});

const serviceSchema = z.object({ type: z.string(), endpoints: z.array(endpointSchema) });

/** `POST /v3/auth/tokens`. An unscoped token has neither roles nor project nor catalogue. */
export const tokenSchema = z.object({
  token: z.object({
    expires_at: z.string(),
    issued_at: z.string(),
    user: z.object({ id: z.string() }),
    project: z.object({ id: z.string(), name: z.string() }).optional(),
    roles: z.array(z.object({ name: z.string() })).optional(),
    catalog: z.array(serviceSchema).optional(),
  }),
});

/** `GET /v3/auth/projects`: where a user has a role. */
export const projectsSchema = z.object({ projects: z.array(z.object({ name: z.string() })) });

export type CatalogueService = z.infer<typeof serviceSchema>;
export type CatalogueEndpoint = z.infer<typeof endpointSchema>;
