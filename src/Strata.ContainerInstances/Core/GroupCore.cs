using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Informers;
using Strata.ContainerInstances.Records;
using Strata.ContainerInstances.Status;
using Strata.ContainerInstances.Translation;

namespace Strata.ContainerInstances.Core;

/// <summary>The Kubernetes API that runs the groups, as this service uses it: one namespace, objects with this installation's label.
/// Reads come from informers.</summary>
internal sealed class GroupCore : IAsyncDisposable
{
    private const string ByGroup = "group";
    private const string ByPod = "pod";
    private readonly IKubeClient _client;
    private readonly InformerSet _informers;
    private readonly IInformer<Pod> _pods;
    private readonly IInformer<Event> _events;
    private readonly ConcurrentDictionary<string, Pod> _lost = new(StringComparer.Ordinal); // By pod name.

    public GroupCore(IKubeClient client, string namespaceName, string installation, TimeProvider clock, ILoggerFactory loggers)
    {
        _client = client;
        Namespace = namespaceName;
        Installation = installation;
        _informers = new InformerSet(client, clock, loggers);
        _pods = _informers.For<Pod>(namespaceName, Selector, null);
        _pods.AddIndex(ByGroup, pod => GroupOf(pod) is { } uid ? [uid] : []);
        _events = _informers.For<Event>(namespaceName, null, null);
        _events.AddIndex(ByPod, e => [e.InvolvedObject.Name]);
    }

    public string Namespace { get; }

    public string Installation { get; }

    private string Selector => $"{PodNames.InstallationLabel}={Installation}";

    /// <summary>Makes the namespace if needed, then lists and watches. Returns when the first lists are in memory.</summary>
    /// <param name="changed">Told the uid of a group whenever one of its pods changes; must return quickly.</param>
    public async Task StartAsync(Action<string> changed, CancellationToken cancellationToken)
    {
        await EnsureNamespaceAsync(cancellationToken);
        _pods.Subscribe(change =>
        {
            if (change.IsDeleted)
            {
                _lost[change.Object.Metadata.Name] = change.Object;
            }

            if (GroupOf(change.Object) is { } uid)
            {
                changed(uid);
            }
        });
        _informers.Start();
        await _informers.WaitForSyncAsync(cancellationToken);
    }

    public async Task EnsureNamespaceAsync(CancellationToken cancellationToken)
    {
        if (await _client.FindAsync<Namespace>(null, Namespace, cancellationToken) is not null)
        {
            return;
        }

        try
        {
            await _client.CreateAsync(new Namespace { Metadata = new ObjectMeta { Name = Namespace } }, cancellationToken);
        }
        catch (ApiException e) when (e.IsAlreadyExists)
        {
            // Someone was faster; it is there, which is all that counts.
            return;
        }
    }

    public IReadOnlyList<Pod> PodsOf(string groupUid) => _pods.ByIndex(ByGroup, groupUid);

    public Pod? Get(string podName) => _pods.Get(new ObjectKey(Namespace, podName));

    public IReadOnlyList<Pod> AllPods() => _pods.List();

    public IReadOnlyList<GroupEvent> EventsOf(Pod pod) =>
        EventTranslator.Translate(_events.ByIndex(ByPod, pod.Metadata.Name).Where(e => e.InvolvedObject.Uid == pod.Metadata.Uid));

    /// <summary>Pods of the group that are gone from the core, as last seen, until <see cref="Forget"/>.</summary>
    public IReadOnlyList<Pod> LostPodsOf(string groupUid) => [.. _lost.Values.Where(p => GroupOf(p) == groupUid)];

    public void Forget(IEnumerable<Pod> lost)
    {
        foreach (var pod in lost)
        {
            _lost.TryRemove(new KeyValuePair<string, Pod>(pod.Metadata.Name, pod));
        }
    }

    /// <summary>Asks the core itself, past the cache.</summary>
    public async Task<bool> ExistsAsync(string podName, CancellationToken cancellationToken) =>
        await _client.FindAsync<Pod>(Namespace, podName, cancellationToken) is not null;

    /// <summary>Creates the secrets and then the pod. Repeating it is harmless.</summary>
    /// <exception cref="ApiException">The core refused or cannot be reached.</exception>
    public async Task CreateAsync(TranslatedGroup translated, CancellationToken cancellationToken)
    {
        await WriteSecretsAsync(translated, cancellationToken);
        try
        {
            await _client.CreateAsync(translated.Pod, cancellationToken);
        }
        catch (ApiException e) when (e.IsAlreadyExists)
        {
            // Created before a crash, or the cache lags behind: the name belongs to this incarnation alone.
            return;
        }
    }

    public async Task WriteSecretsAsync(TranslatedGroup translated, CancellationToken cancellationToken)
    {
        foreach (var secret in translated.Secrets)
        {
            try
            {
                await _client.CreateAsync(secret, cancellationToken);
            }
            catch (ApiException e) when (e.IsAlreadyExists)
            {
                var existing = await _client.GetAsync<Secret>(Namespace, secret.Metadata.Name, cancellationToken);
                await _client.UpdateAsync(secret.WithMetadata(existing.Metadata), null, cancellationToken);
            }
        }
    }

    public Task DeleteAsync(Pod pod, CancellationToken cancellationToken) =>
        _client.DeleteAsync<Pod>(Namespace, pod.Metadata.Name, new DeleteRequest(Uid: pod.Metadata.Uid), cancellationToken);

    public async Task DeleteSecretsAsync(string podName, CancellationToken cancellationToken)
    {
        await _client.DeleteAsync<Secret>(Namespace, PodNames.Secret(podName), DeleteRequest.Default, cancellationToken);
        await _client.DeleteAsync<Secret>(Namespace, PodNames.RegistrySecret(podName), DeleteRequest.Default, cancellationToken);
    }

    /// <summary>Takes our finalizer off, so that the pod object can go.</summary>
    public async Task ReleaseAsync(Pod pod, CancellationToken cancellationToken)
    {
        var others = string.Join(',', pod.Metadata.Finalizers.Where(f => f != PodNames.MeterFinalizer).Select(f => $"\"{f}\""));
        var patch = Patch.Merge($$$"""{"metadata":{"uid":"{{{pod.Metadata.Uid}}}","finalizers":[{{{others}}}]}}""");
        try
        {
            await _client.PatchAsync<Pod>(Namespace, pod.Metadata.Name, patch, null, cancellationToken);
        }
        catch (ApiException e) when (e.IsNotFound || e.IsConflict)
        {
            // Gone already, or another pod by now (the uid in the patch guards that): nothing to let go of.
            return;
        }
    }

    /// <summary>Deletes secrets that no pod of a known group can use: left by a crash between making them and the pod.</summary>
    public async Task SweepSecretsAsync(IReadOnlySet<string> livePodNames, CancellationToken cancellationToken)
    {
        var secrets = await _client.ListAsync<Secret>(Namespace, new ListOptions(LabelSelector: Selector), cancellationToken);
        var live = livePodNames.SelectMany(p => new[] { PodNames.Secret(p), PodNames.RegistrySecret(p) }).ToHashSet(StringComparer.Ordinal);
        foreach (var secret in secrets.Items.Where(s => !live.Contains(s.Metadata.Name)))
        {
            await _client.DeleteAsync<Secret>(Namespace, secret.Metadata.Name, DeleteRequest.Default, cancellationToken);
        }
    }

    /// <summary>A container's output; null when there is no such pod or container, "" when it has not started.</summary>
    public async Task<string?> ReadLogsAsync(
        string podName, string container, int? tail, bool timestamps, int limitBytes, CancellationToken cancellationToken)
    {
        var query = new StringBuilder($"container={Uri.EscapeDataString(container)}&limitBytes={limitBytes.ToString(CultureInfo.InvariantCulture)}");
        if (tail is not null)
        {
            query.Append(CultureInfo.InvariantCulture, $"&tailLines={tail}");
        }

        if (timestamps)
        {
            query.Append("&timestamps=true");
        }

        try
        {
            var request = new ApiRequest(HttpMethod.Get, Pod.Info.Path(Namespace, podName, "log"), query.ToString());
            await using var stream = await _client.Transport.OpenStreamAsync(request, cancellationToken);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return await reader.ReadToEndAsync(cancellationToken);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return null;
        }
        catch (ApiException e) when (e.Status.Code == 400)
        {
            return ""; // "container is waiting to start": nothing has been written yet.
        }
    }

    /// <summary>Names of the images that hosts hold already.</summary>
    public async Task<IReadOnlyList<string>> ListImagesAsync(CancellationToken cancellationToken)
    {
        var nodes = await _client.ListAsync<Node>(null, ListOptions.All, cancellationToken);
        return [.. nodes.Items.SelectMany(n => n.Status.Images).SelectMany(i => i.Names)
            .Where(n => !n.Contains('@', StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    public ValueTask DisposeAsync() => _informers.DisposeAsync();

    private static string? GroupOf(Pod pod) => pod.Metadata.Labels.GetValueOrDefault(PodNames.GroupUidLabel);
}
