import type { Me } from '../api/types';

/** What somebody may do just now: the role's rights wait for a second factor where the house wants one. */
export const roleOf = (me: Me): Me['role'] => (me.second_factor.needed ? 'booker' : me.role);
