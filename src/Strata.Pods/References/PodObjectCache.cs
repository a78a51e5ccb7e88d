using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Informers;

namespace Strata.Pods.References;

/// <summary>Reads the ConfigMaps and Secrets that pods of this node mention, one watch per object for as long as a pod needs it, so that a node sees only what it must
/// (the kubelet's "watch" strategy). Thread-safe.</summary>
/// <param name="services">Services of all namespaces.</param>
/// <param name="changed">Told the UIDs of the pods that mention an object which changed.</param>
public sealed class PodObjectCache(
    IKubeClient client, ILister<Service> services, TimeProvider clock, ILogger<PodObjectCache> logger, Action<string> changed) : IPodObjects, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectName, WatchedObject> _objects = []; // Guarded by _lock, as the next.
    private readonly Dictionary<string, HashSet<ObjectName>> _byPod = [];
    private readonly ConcurrentBag<Task> _stopping = [];

    public async Task<ReferencedObjects> GetAsync(Pod pod, CancellationToken cancellationToken)
    {
        var references = PodReferences.Of(pod);
        var watched = Register(pod, references);
        await Task.WhenAll(watched.Values.Select(source => source.FirstReadAsync(cancellationToken)));

        var configMaps = new Dictionary<string, ConfigMap>(StringComparer.Ordinal);
        var secrets = new Dictionary<string, Secret>(StringComparer.Ordinal);
        foreach (var (name, source) in watched)
        {
            switch (source.Current)
            {
                case ConfigMap configMap:
                    configMaps[name.Name] = configMap;
                    break;
                case Secret secret:
                    secrets[name.Name] = secret;
                    break;
            }
        }

        return new ReferencedObjects(configMaps, secrets, Services(pod.Metadata.Namespace));
    }

    public void Release(string podUid)
    {
        lock (_lock)
        {
            if (!_byPod.Remove(podUid, out var names))
            {
                return;
            }

            foreach (var name in names)
            {
                if (_objects.TryGetValue(name, out var source) && source.RemovePod(podUid))
                {
                    _objects.Remove(name);
                    _stopping.Add(source.StopAsync());
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        WatchedObject[] all;
        lock (_lock)
        {
            all = [.. _objects.Values];
            _objects.Clear();
            _byPod.Clear();
        }

        await Task.WhenAll(all.Select(source => source.StopAsync()).Concat(_stopping));
    }

    private Dictionary<ObjectName, WatchedObject> Register(Pod pod, PodReferences references)
    {
        var space = pod.Metadata.Namespace;
        var wanted = references.ConfigMaps.Select(name => new ObjectName("ConfigMap", space, name))
            .Concat(references.Secrets.Select(name => new ObjectName("Secret", space, name))).ToArray();
        var result = new Dictionary<ObjectName, WatchedObject>();
        lock (_lock)
        {
            if (!_byPod.TryGetValue(pod.Metadata.Uid, out var names))
            {
                _byPod[pod.Metadata.Uid] = names = [];
            }

            foreach (var name in wanted)
            {
                if (!_objects.TryGetValue(name, out var source))
                {
                    _objects[name] = source = WatchedObject.Start(name, client, clock, logger, changed);
                }

                source.AddPod(pod.Metadata.Uid);
                names.Add(name);
                result[name] = source;
            }
        }

        return result;
    }

    private IReadOnlyList<Service> Services(string namespaceName)
    {
        var own = services.List(namespaceName);
        var master = services.Get(new Api.ObjectKey("default", "kubernetes"));
        return namespaceName == "default" || master is null ? own : [.. own, master];
    }
}
