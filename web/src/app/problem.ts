import type { BookingBrief, Fault, ProblemBody, ProblemCode, RefusedDate, RoomTime, Violation } from '../api/types';

/** What a request came to when it came to nothing: the service's own problem, or none because nothing answered. */
export class Problem extends Error {
  /** `offline` is ours: no answer reached us. All others are the contract's. */
  readonly code: ProblemCode | 'offline';
  readonly status: number;
  readonly title: string;
  readonly faults: Fault[];
  readonly violations: Violation[];
  readonly conflicts: RoomTime[];
  readonly alternatives: RoomTime[];
  /** The dates of a series that can't be had, each with what is in its way. */
  readonly dates: RefusedDate[];
  /** The bookings that a closure would hit. */
  readonly bookings: BookingBrief[];
  /** Seconds to wait, when there were too many tries. */
  readonly retryAfter: number | undefined;

  constructor(code: Problem['code'], status: number, body: Partial<ProblemBody>) {
    super(body.detail ?? body.title ?? code);
    this.code = code;
    this.status = status;
    this.title = body.title ?? '';
    this.faults = body.errors ?? [];
    this.violations = body.violations ?? [];
    this.conflicts = body.conflicts ?? [];
    this.alternatives = body.alternatives ?? [];
    this.dates = body.dates ?? [];
    this.bookings = body.bookings ?? [];
    this.retryAfter = body.retry_after;
  }

  static from(body: unknown, status: number): Problem {
    if (isProblem(body)) return new Problem(body.code, status, body);
    return new Problem(status === 404 ? 'not_found' : status >= 500 ? 'unavailable' : 'internal', status, {});
  }

  static offline(): Problem {
    return new Problem('offline', 0, {});
  }
}

function isProblem(body: unknown): body is ProblemBody {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;
}
