/** Whether what is read comes from a standby: the house's database is away, and nothing can be changed for as long. */
class Standby {
  /** The instant up to which all is in it; `null` while it is not needed. */
  asOf = $state.raw<string | null>(null);

  /** What came of any request. One that failed says nothing about where reading goes. */
  heard(response: Response): void {
    if (response.ok) this.asOf = response.headers.get('Nobel21-As-Of');
  }
}

export const standby = new Standby();
