/** The poster by the door, which stands in both languages whoever prints it. */
export const sv = {
  title: 'Jag är här!',
  text: 'Läs av koden med telefonen och tryck en gång. Då vet huset hur många som kommer. Vi sparar inte vem du är.',
};
