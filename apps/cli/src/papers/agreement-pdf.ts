/** The paper as PDF, with the signed object in it; the same agreement makes the same bytes. */
import type { GeneralJws } from '@revier/schema';
import PDFDocument from 'pdfkit';
import type { Paper } from './agreement-paper.ts';

const MARGIN = 64;

/** Dates are those of the agreement, so that nothing depends on when or where it is printed. */
export async function pdfOf({ agreement, hash, sections }: Paper, signed: GeneralJws): Promise<Buffer> {
  const made = new Date(agreement.timestamp);
  const document = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    lang: 'de-DE',
    compress: false,
    info: {
      Title: printable(`Nutzungsvereinbarung ${agreement['rv:register']}`),
      Subject: hash,
      CreationDate: made,
      ModDate: made,
      Producer: 'Revier',
      Creator: 'Revier',
    },
  });
  const chunks: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
  document.font('Helvetica-Bold').fontSize(18).text('Nutzungsvereinbarung');
  for (const { title, lines } of sections) {
    document.moveDown().font('Helvetica-Bold').fontSize(12).text(title);
    document.font('Helvetica').fontSize(10);
    for (const line of lines) document.moveDown(0.3).text(printable(line));
  }
  document.file(Buffer.from(JSON.stringify(signed)), {
    name: 'agreement.json',
    type: 'application/jose+json',
    description: 'Das unterschriebene Original',
    creationDate: made,
    modifiedDate: made,
  });
  document.end();
  return done;
}

/** The built-in fonts know Western European letters; whatever else somebody has written is shown as a question mark. */
const printable = (text: string): string =>
  text.replaceAll('ρ', 'rho').replace(/[^\u0020-\u007e\u00a0-\u00ff–—„“”‘’‚…•€]/gu, '?');
