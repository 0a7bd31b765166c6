/** Passes on what is higher than all before. */
export const onlyRising = (listener: (fraction: number) => void): ((fraction: number) => void) => {
  let highest = 0;
  return (fraction) => {
    if (fraction <= highest) return;
    highest = fraction;
    listener(fraction);
  };
};
