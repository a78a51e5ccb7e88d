using Strata.Api.Models;
using Strata.Pods.Runtime;

namespace Strata.Pods.Security;

/// <summary>Merges pod and container security contexts. Pure. Source: kubelet/kuberuntime/security_context.go (behaviour).</summary>
public static class SecurityResolver
{
    /// <param name="image">The container's image, whose user counts when the spec names none.</param>
    /// <param name="seccompRoot">Directory of Localhost profiles.</param>
    public static SecurityResult Resolve(Pod pod, Container container, RuntimeImage? image, string seccompRoot)
    {
        var own = container.SecurityContext;
        var shared = pod.Spec.SecurityContext;
        var user = own?.RunAsUser ?? shared?.RunAsUser;
        var profile = own?.SeccompProfile ?? shared?.SeccompProfile;
        var privileged = own?.Privileged ?? false;
        var security = new ContainerSecurity
        {
            Privileged = privileged,
            RunAsUser = user ?? image?.User,
            RunAsUserName = user is null && image?.User is null ? image?.UserName ?? "" : "",
            RunAsGroup = own?.RunAsGroup ?? shared?.RunAsGroup,
            SupplementalGroups = [.. (shared?.SupplementalGroups ?? []).Concat(shared?.FsGroup is { } group ? [group] : []).Distinct()],
            ReadOnlyRoot = own?.ReadOnlyRootFilesystem ?? false,
            NoNewPrivileges = own?.AllowPrivilegeEscalation == false,
            AddCapabilities = Names(own?.Capabilities?.Add),
            DropCapabilities = Names(own?.Capabilities?.Drop),
            Seccomp = privileged ? SeccompMode.Unconfined : Mode(profile?.Type),
            SeccompProfilePath = profile is { Type: "Localhost", LocalhostProfile: { } path } ? Path.Combine(seccompRoot, path) : "",
            UnmaskedProc = own?.ProcMount == "Unmasked",
        };
        return new SecurityResult(security, NonRootProblem(pod, container, security, image));
    }

    // "must run as non-root" is checked here because only the node knows the image's user.
    private static string? NonRootProblem(Pod pod, Container container, ContainerSecurity security, RuntimeImage? image)
    {
        if ((container.SecurityContext?.RunAsNonRoot ?? pod.Spec.SecurityContext?.RunAsNonRoot) != true)
        {
            return null;
        }

        var where = $"(pod: \"{pod.Metadata.Name}_{pod.Metadata.Namespace}({pod.Metadata.Uid})\", container: {container.Name})";
        if ((container.SecurityContext?.RunAsUser ?? pod.Spec.SecurityContext?.RunAsUser) is { } user)
        {
            return user == 0 ? $"container's runAsUser breaks non-root policy {where}" : null;
        }

        if (security.RunAsUserName.Length > 0)
        {
            return $"container has runAsNonRoot and image has non-numeric user ({security.RunAsUserName}), cannot verify user is non-root {where}";
        }

        return image?.User is null or 0 ? $"container has runAsNonRoot and image will run as root {where}" : null;
    }

    private static IReadOnlyList<string> Names(IReadOnlyList<string>? capabilities) =>
        [.. (capabilities ?? []).Select(name => name.StartsWith("CAP_", StringComparison.OrdinalIgnoreCase) ? name[4..] : name).Select(name => name.ToUpperInvariant())];

    private static SeccompMode Mode(string? type) => type switch
    {
        "RuntimeDefault" => SeccompMode.RuntimeDefault,
        "Localhost" => SeccompMode.Localhost,
        _ => SeccompMode.Unconfined,
    };
}
