using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Strata.Arm;
using Strata.Arm.Client;
using Strata.Arm.ContainerGroups;
using Strata.VirtualNode.Resolution;

namespace Strata.VirtualNode.Providers.Arm;

/// <summary>Runs pods as container groups through the Azure Resource Manager API: of Strata's container instances, or of Azure.</summary>
internal sealed partial class ArmProvider : IPodProvider, IDisposable
{
    private const int ParallelReads = 8;
    private readonly ArmProviderOptions _options;
    private readonly ClusterScope _scope;
    private readonly GroupTranslator _translator;
    private readonly ArmClient _client;
    private readonly ContainerGroupClient _groups;
    private readonly ILogger<ArmProvider> _logger;
    private readonly ConcurrentDictionary<string, ArmOperation> _starting = new(StringComparer.Ordinal); // Unfinished creates by pod UID: only they tell why one failed.

    // Log-ins as first sent, by pod UID: passwords are never answered, a PUT must repeat them, and one that differs would restart the group.
    private readonly ConcurrentDictionary<string, IReadOnlyList<ImageRegistryCredential>> _credentials = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ProviderFailure> _failures = new(StringComparer.Ordinal); // What they told, by pod UID.

    public ArmProvider(ArmProviderOptions options, ClusterScope scope, TimeProvider clock, ILogger<ArmProvider> logger)
    {
        _options = options;
        _scope = scope;
        _logger = logger;
        _translator = new GroupTranslator(options, scope);
        _client = new ArmClient(options.Client, clock);
        _groups = new ContainerGroupClient(_client, options.SubscriptionId, options.ResourceGroup);
    }

    public string Name => "strata";

    // Reading the resource group, made if missing, proves that the service answers and that the token is good for what follows.
    public Task PingAsync(CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        await _groups.EnsureResourceGroupAsync(_options.Location, cancellationToken);
        return true;
    });

    public Task<ProviderPod> CreateAsync(ResolvedPod pod, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        var translated = _translator.Translate(pod);
        if (translated.Problems.Count > 0)
        {
            throw new ProviderException(new ProviderFailure(FailureKind.Refused, string.Join("; ", translated.Problems)));
        }

        var identity = PodIdentity.Of(pod.Pod);
        var name = GroupIdentity.NameOf(identity);
        _failures.TryRemove(identity.Uid, out _);
        if (translated.Group.Properties?.ImageRegistryCredentials is { } credentials)
        {
            _credentials[identity.Uid] = credentials;
        }

        var operation = await _groups.CreateOrUpdateAsync(name, translated.Group, cancellationToken);
        if (!operation.IsCompleted)
        {
            _starting[identity.Uid] = operation;
        }

        var created = GroupStatus.Read(operation.Group ?? translated.Group, identity);
        return translated.Notes.Count == 0 ? created : created with { Notes = translated.Notes };
    });

    public Task<bool> UpdateFilesAsync(ResolvedPod pod, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        var identity = PodIdentity.Of(pod.Pod);
        var name = GroupIdentity.NameOf(identity);
        if (!_options.UsePodExtension || await _groups.GetAsync(name, cancellationToken) is not { } current)
        {
            return false;
        }

        // A PUT to a group that has ended would run it again.
        var isAlive = current.Properties?.InstanceView?.State is GroupStates.Running or GroupStates.Pending && current.Properties.ProvisioningState != ProvisioningStates.Deleting;
        var wanted = _translator.Translate(pod).Group;
        var credentials = _credentials.GetValueOrDefault(identity.Uid) ?? wanted.Properties?.ImageRegistryCredentials;
        if (!isAlive || FileUpdate.Build(current, wanted, credentials) is not { } update)
        {
            return false;
        }

        await _groups.CreateOrUpdateAsync(name, update, cancellationToken);
        return true;
    });

    public Task<bool> DeleteAsync(PodIdentity pod, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        var operation = await _groups.DeleteAsync(GroupIdentity.NameOf(pod), cancellationToken);
        _starting.TryRemove(pod.Uid, out _);
        _failures.TryRemove(pod.Uid, out _);
        _credentials.TryRemove(pod.Uid, out _);
        return operation.IsCompleted && operation.Url is null;
    });

    public Task<ProviderPod?> FindAsync(PodIdentity pod, CancellationToken cancellationToken) => GuardAsync(async () =>
        await _groups.GetAsync(GroupIdentity.NameOf(pod), cancellationToken) is { } group && GroupIdentity.Read(group, _scope)?.Uid == pod.Uid ? Read(group, pod) : null);

    public Task<IReadOnlyList<ProviderPod>> ListAsync(CancellationToken cancellationToken) => GuardAsync<IReadOnlyList<ProviderPod>>(async () =>
    {
        var own = new List<(ContainerGroup Group, PodIdentity Pod)>();
        await foreach (var group in _groups.ListAsync(expandInstanceView: true, cancellationToken))
        {
            if (GroupIdentity.Read(group, _scope) is { } pod)
            {
                own.Add((group, pod));
            }
        }

        await LearnOutcomesAsync(own, cancellationToken);

        // Azure lists groups without their state; there every one has to be asked for.
        return own.All(entry => entry.Group.Properties?.InstanceView is not null)
            ? [.. own.Select(entry => Read(entry.Group, entry.Pod))]
            : await ReadEachAsync(own.Select(entry => entry.Pod), cancellationToken);
    });

    public Task<string?> ReadLogsAsync(PodIdentity pod, string container, LogQuery query, CancellationToken cancellationToken) =>
        GuardAsync(() => _groups.GetLogsAsync(GroupIdentity.NameOf(pod), container, query.Tail, query.Timestamps, cancellationToken));

    public Task<IProviderSession> ExecAsync(PodIdentity pod, string container, CommandRequest command, CancellationToken cancellationToken) =>
        GuardAsync<IProviderSession>(async () => new ArmSession(await _groups.ExecAsync(
            GroupIdentity.NameOf(pod), container,
            new ContainerExecRequest { Command = string.Join(' ', command.Arguments), Arguments = _options.UsePodExtension ? command.Arguments : null, Tty = _options.UsePodExtension ? command.Tty : null },
            cancellationToken)));

    // Strata's own service only, like the extension that lets a container have an input at all.
    public bool CanAttachInput => _options.UsePodExtension;

    public Task<IProviderSession> AttachAsync(PodIdentity pod, string container, bool withInput, CancellationToken cancellationToken) =>
        GuardAsync<IProviderSession>(async () => new ArmSession(await _groups.AttachAsync(GroupIdentity.NameOf(pod), container, withInput, cancellationToken)));

    public void Dispose() => _client.Dispose();

    private ProviderPod Read(ContainerGroup group, PodIdentity pod)
    {
        var read = GroupStatus.Read(group, pod);
        return read.Failure is not null && _failures.TryGetValue(pod.Uid, out var told) ? read with { Failure = told } : read;
    }

    private async Task<IReadOnlyList<ProviderPod>> ReadEachAsync(IEnumerable<PodIdentity> pods, CancellationToken cancellationToken)
    {
        var read = new ConcurrentBag<ProviderPod>();
        await Parallel.ForEachAsync(pods, new ParallelOptions { MaxDegreeOfParallelism = ParallelReads, CancellationToken = cancellationToken }, async (pod, token) =>
        {
            if (await _groups.GetAsync(GroupIdentity.NameOf(pod), token) is { } group)
            {
                read.Add(Read(group, pod));
            }
        });
        return [.. read];
    }

    // A create is accepted first and may fail later, for want of capacity or an image; its operation is the only one to say so in ACI's words.
    private async Task LearnOutcomesAsync(IEnumerable<(ContainerGroup Group, PodIdentity Pod)> groups, CancellationToken cancellationToken)
    {
        foreach (var (group, pod) in groups)
        {
            if (!ProvisioningStates.IsTerminal(group.Properties?.ProvisioningState) || !_starting.TryRemove(pod.Uid, out var operation))
            {
                continue;
            }

            try
            {
                await operation.PollAsync(cancellationToken);
            }
            catch (ArmException error)
            {
                LogOperationFailed(pod.ToString(), error.Message);
                _failures[pod.Uid] = ArmErrors.FailureOf(error);
            }
        }
    }

    private async Task<T> GuardAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (ArmException error)
        {
            throw ArmErrors.Translate(error);
        }
        catch (HttpRequestException error)
        {
            throw ArmErrors.Translate(error, _options.Client.Endpoint);
        }
        catch (System.Net.WebSockets.WebSocketException error)
        {
            throw new ProviderException(new ProviderFailure(FailureKind.Unreachable, $"The stream to the container could not be opened: {error.Message}"), error);
        }
    }

    [LoggerMessage(EventIds.OperationFailed, LogLevel.Debug, "The container group of pod {Pod} was not provisioned: {Problem}")]
    private partial void LogOperationFailed(string pod, string problem);
}
