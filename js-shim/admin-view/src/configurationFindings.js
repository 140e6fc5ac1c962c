import { OWN, PART, PILOT, settingIn } from './draft';

const isAboutPilot = ({ property }) => property === PILOT || property.startsWith(PART);

/**
 * The findings that are about no field of the form.
 * @param {object[]} findings
 * @param {string[]} names of the properties
 * @param {object | null} block
 * @param {boolean} inPilot the pilot is edited
 * @returns {{pilot: object[], others: {finding: object, isRemovable: boolean}[]}} `pilot`: shown beside who is in it
 */
export function findingsApart(findings, names, block, inPilot) {
  const isOfField = ({ property }) => names.some((name) => property === name || property === OWN + name);
  const isRemovable = (finding) => !isOfField(finding) && settingIn(block, finding.property) !== undefined;
  const aboutPilot = findings.filter((finding) => isAboutPilot(finding) && !isOfField(finding));
  const pilot = aboutPilot.filter((finding) => finding.property === PILOT || !isRemovable(finding));
  const others = inPilot
    ? aboutPilot.filter((finding) => !pilot.includes(finding))
    : // An error in the pilot forbids putting live, and is shown here as well.
      findings.filter((finding) => (isAboutPilot(finding) ? finding.severity === 'error' : isRemovable(finding)));
  return { pilot, others: others.map((finding) => ({ finding, isRemovable: isRemovable(finding) })) };
}
