using Strata.Arm.ContainerGroups;

namespace Strata.VirtualNode.Providers.Arm;

/// <summary>A pod as a container group.</summary>
/// <param name="Group">The body of the PUT; meaningless when there are problems.</param>
/// <param name="Problems">What the pod asks for and the service cannot do: every one of them, each with its field.</param>
/// <param name="Notes">What was adjusted to the service's rules; the pod runs.</param>
internal sealed record TranslatedPod(ContainerGroup Group, IReadOnlyList<string> Problems, IReadOnlyList<string> Notes);
