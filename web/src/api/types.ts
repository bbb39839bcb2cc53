/** Short names for the shapes of the contract. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Availability = Schemas['Availability'];
export type Booking = Schemas['Booking'];
export type BookingStatus = Schemas['BookingStatus'];
export type Calendar = Schemas['Calendar'];
export type CalendarEntry = Schemas['CalendarEntry'];
export type CalendarRoom = Schemas['CalendarRoom'];
export type Category = Schemas['Category'];
export type Display = Schemas['Display'];
export type Fault = Schemas['Fault'];
export type GatheringTally = Schemas['GatheringTally'];
export type LayoutName = Schemas['LayoutName'];
export type Me = Schemas['Me'];
export type Member = Schemas['Member'];
export type Membership = Schemas['Membership'];
export type NewBooking = Schemas['NewBooking'];
export type OpeningStretch = Schemas['OpeningStretch'];
export type Organisation = Schemas['Organisation'];
export type Preview = Schemas['Preview'];
export type ProblemBody = Schemas['Problem'];
export type ProblemCode = Schemas['ProblemCode'];
export type Purpose = Schemas['Purpose'];
export type Role = Schemas['Role'];
export type Room = Schemas['Room'];
export type RoomTime = Schemas['RoomTime'];
export type Stretch = Schemas['Stretch'];
export type Token = Schemas['Token'];
export type Violation = Schemas['Violation'];
export type Visit = Schemas['Visit'];
export type VisitsPresent = Schemas['VisitsPresent'];
export type VisitsToday = Schemas['VisitsToday'];
