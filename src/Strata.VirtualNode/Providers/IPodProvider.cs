using Strata.VirtualNode.Resolution;

namespace Strata.VirtualNode.Providers;

/// <summary>Where the pods of a virtual node run. The node keeps no list of its own: what the provider lists is what runs, so a provider must remember the
/// <see cref="PodIdentity"/> of every pod durably, and list only pods of this node. All members are thread-safe and may throw <see cref="ProviderException"/>.</summary>
public interface IPodProvider
{
    /// <summary>Short name, the value of the node's taint: <c>strata</c>.</summary>
    string Name { get; }

    /// <summary>Shows that the provider can be reached and lets us in.</summary>
    Task PingAsync(CancellationToken cancellationToken);

    /// <summary>Starts a pod; returns when the provider has taken it on, not when it runs. Repeating it for the same UID is harmless.</summary>
    Task<ProviderPod> CreateAsync(ResolvedPod pod, CancellationToken cancellationToken);

    /// <summary>Brings the files of mounted ConfigMaps, Secrets and tokens up to date without a restart.</summary>
    /// <returns>False when this provider cannot do it for this pod.</returns>
    Task<bool> UpdateFilesAsync(ResolvedPod pod, CancellationToken cancellationToken);

    /// <summary>Ends a pod. When it returns the provider has stored the intent and will carry it out.</summary>
    /// <returns>True when the provider has (or knows) no such pod any more; false when it is on its way out.</returns>
    Task<bool> DeleteAsync(PodIdentity pod, CancellationToken cancellationToken);

    /// <summary>The pod, or null when the provider has none of that UID. Never answered from memory.</summary>
    Task<ProviderPod?> FindAsync(PodIdentity pod, CancellationToken cancellationToken);

    /// <summary>All pods of this node.</summary>
    Task<IReadOnlyList<ProviderPod>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Output of a container so far; null when there is no such pod or container.</summary>
    Task<string?> ReadLogsAsync(PodIdentity pod, string container, LogQuery query, CancellationToken cancellationToken);

    Task<IProviderSession> ExecAsync(PodIdentity pod, string container, CommandRequest command, CancellationToken cancellationToken);

    /// <summary>Whether <see cref="AttachAsync"/> can reach a process's input as well as its output.</summary>
    bool CanAttachInput { get; }

    /// <summary>Connects to the container's main process.</summary>
    /// <param name="withInput">To its input, too; only asked of a provider that <see cref="CanAttachInput"/>.</param>
    Task<IProviderSession> AttachAsync(PodIdentity pod, string container, bool withInput, CancellationToken cancellationToken);
}
