import { wireInteger, wireObject, wireString } from '@clinker/ovirt-api';
import type { z } from 'zod';

/** VNC clients have no agreed encoding for anything else. */
const password = wireString.regex(/^[!-~]{1,64}$/, 'must be 1 to 64 printable ASCII characters without spaces; VNC looks at the first 8');

const DAY_S = 86_400;

const ticket = wireObject({ value: password.optional(), expiry: wireInteger({ min: 1, max: 365 * DAY_S }).optional() });

/** The body of the action `ticket`: a password, and for how many seconds it is valid. */
export const ticketSchema = wireObject({ ticket: ticket.optional() });

export type AskedTicket = z.output<typeof ticket>;
export type TicketAction = z.output<typeof ticketSchema>;
