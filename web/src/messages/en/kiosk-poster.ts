export const en = {
  title: 'I am here!',
  text: 'Scan the code with your phone and press once. Then the house knows how many come. We don’t keep who you are.',
};
