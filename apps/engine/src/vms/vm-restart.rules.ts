/** Lets one engine at a time begin restarts, until its transaction ends. */
export const RESTARTS_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('vm_restart', 2)) AS locked";

/** How long (s) a VM waits at most for others with a higher priority that have gone down as well, and after which the engine still cleans up. */
const WAITS_FOR_HIGHER_S = 30;

const ABOUT_IT = `jsonb_build_array(jsonb_build_object('type', 'vm', 'id', higher.id::text))`;

/** Another VM comes first, but is not yet down: its host was fenced or it has ended, and its disks are being detached. */
const HELD = `EXISTS (SELECT FROM vm higher WHERE higher.cluster_id = vm.cluster_id AND higher.highly_available AND higher.vm_pool_id IS NULL
  AND higher.ha_priority > vm.ha_priority AND (
    (higher.status IN ('up', 'paused', 'unknown') AND EXISTS (
      SELECT FROM host JOIN host_fence fence ON fence.host_name = host.name WHERE host.id = higher.host_id))
    OR (higher.status = 'powering_down' AND EXISTS (
      SELECT FROM operation WHERE saga = 'clean-up-vm' AND status = 'running' AND NOT stuck AND subjects @> ${ABOUT_IT}))))`;

/** The VM whose turn it is: its last start has failed, or the next one is due. */
export const DUE = `SELECT waiting.vm_id AS "vmId" FROM vm_restart waiting JOIN vm ON vm.id = waiting.vm_id
  LEFT JOIN operation last ON last.id = waiting.operation_id
  WHERE vm.status = 'down' AND vm.highly_available AND (last.status = 'failed' OR (
    waiting.operation_id IS NULL AND waiting.next_attempt_at <= clock_timestamp()
    AND NOT (waiting.since > clock_timestamp() - interval '${WAITS_FOR_HIGHER_S} seconds' AND ${HELD})))
  ORDER BY vm.ha_priority DESC, waiting.since LIMIT 1`;

/**
 * Forgets those that nobody need start any more. Somebody else has started them; or our start has succeeded, and they have run for $1 seconds since or
 * were ended in good order. One that fails in this very moment is noted anew, with another time: it stays.
 */
export const NO_LONGER_WANTED = `DELETE FROM vm_restart gone USING (
    SELECT waiting.vm_id, waiting.since FROM vm_restart waiting JOIN vm ON vm.id = waiting.vm_id
    LEFT JOIN operation last ON last.id = waiting.operation_id
    WHERE NOT vm.highly_available OR CASE
      WHEN waiting.operation_id IS NULL OR last.status = 'failed' THEN vm.status IN ('up', 'paused', 'unknown')
      WHEN last.id IS NULL OR last.status = 'finished'
        THEN vm.status = 'down' OR vm.start_time < clock_timestamp() - $1::float8 * interval '1 second'
      ELSE false END
  ) settled WHERE gone.vm_id = settled.vm_id AND gone.since = settled.since`;

/**
 * A user's stop that has failed in this run, a short while ago: a host that did not answer in time may have done it all the same, and what a user has
 * stopped stays down. $1: the VM's id, $2: it as the subject of operations.
 */
export const ENDED_BY_A_USER = `SELECT FROM operation JOIN vm ON vm.id = $1
  WHERE operation.saga = 'stop-vm' AND operation.status = 'failed' AND operation.subjects @> $2::jsonb
    AND operation.started_at >= vm.start_time AND operation.ended_at > clock_timestamp() - interval '15 minutes' LIMIT 1`;

/** How long (ms) to wait after so many attempts (at least one): twice as long each time. @param longest in first pauses */
export const pauseAfter = (attempts: number, firstMs: number, longest: number): number => firstMs * Math.min(2 ** (attempts - 1), longest);
