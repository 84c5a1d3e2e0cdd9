// What the page carries deflated, as dashboards/facts.py writes it, back to text.

/**
 * @param {string} text zlib, in base 64
 * @returns {Promise<string>}
 */
export async function inflate(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const whole = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return await new Response(whole).text();
}
