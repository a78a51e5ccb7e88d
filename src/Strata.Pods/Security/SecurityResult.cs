using Strata.Pods.Runtime;

namespace Strata.Pods.Security;

/// <summary>A container's security settings, or why it must not run.</summary>
/// <param name="Error">Why the container breaks its own policy; null when it does not.</param>
public sealed record SecurityResult(ContainerSecurity Security, string? Error);
