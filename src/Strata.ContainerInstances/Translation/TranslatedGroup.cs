using Strata.Api.Models;

namespace Strata.ContainerInstances.Translation;

/// <param name="Pod">What runs the group.</param>
/// <param name="Secrets">What the pod refers to; they must exist before it.</param>
internal sealed record TranslatedGroup(Pod Pod, IReadOnlyList<Secret> Secrets);
