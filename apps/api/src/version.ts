/** The API's version, as its document shows it. */
export const VERSION = "0.1.0";
