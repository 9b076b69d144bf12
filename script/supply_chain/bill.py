"""The SBOM (bill of materials) of the register, in CycloneDX."""

from collections.abc import Sequence

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from script.supply_chain.parts import Part, register


def bill(packages: Sequence[Part]) -> str:
    """The SBOM as JSON. A part that lies inside another one stands within it there too."""
    bom = Bom()
    bom.metadata.component = root = _component(register(), ComponentType.APPLICATION)
    components = {part.name: _component(part) for part in packages}
    bom.components.update(components.values())
    bom.register_dependency(root, [components[part.name] for part in packages if "requirements.in" in part.wanted_by])
    for part in packages:
        needs = [components[other.name] for other in packages if part.name in other.wanted_by]
        bom.register_dependency(components[part.name], needs)
    return JsonV1Dot6(bom).output_as_string(indent=2)


def _component(part: Part, kind: ComponentType = ComponentType.LIBRARY, within: str = "") -> Component:
    reference = f"{within}{part.name}@{part.version or ''}"
    return Component(
        name=part.name,
        version=part.version,
        type=kind,
        bom_ref=reference,
        purl=PackageURL.from_string(part.purl) if part.purl else None,
        licenses=[LicenseExpression(part.licence)] if part.licence else (),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=content) for content in part.hashes],
        components=[_component(one, within=f"{reference}/") for one in part.inside],
    )
