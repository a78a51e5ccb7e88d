using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;

namespace Strata.ContainerInstances.Tests;

/// <summary>A Kubernetes API in memory with one host that runs pods as the test says. Keeps resource versions, finalizers and
/// graceful deletion as the real one does.</summary>
internal sealed class FakeCore(TimeProvider clock) : IKubeClient
{
    private readonly Lock _lock = new(); // Guards everything below.
    private readonly Dictionary<(Type, string, string), IKubeObject> _objects = [];
    private readonly List<Action<Type, WatchEventType, IKubeObject>> _watchers = [];
    private long _version = 100;
    private int _addresses;

    /// <summary>Every pod that is created runs at once.</summary>
    public bool RunsPods { get; set; } = true;

    /// <summary>A deleted pod ends at once; otherwise <see cref="FinishPod"/> ends it.</summary>
    public bool EndsPods { get; set; } = true;

    /// <summary>Thrown by the next creates of pods; null for none.</summary>
    public ApiException? CreateFailure { get; set; }

    /// <summary>How often a pod was asked for, refusals included.</summary>
    public int CreateAttempts { get; private set; }

    /// <summary>Names of all pods ever created, in order.</summary>
    public List<string> Created { get; } = [];

    public string Logs { get; set; } = "one\ntwo\nthree\n";

    public IApiTransport Transport => new LogTransport(this);

    public IReadOnlyList<Pod> Pods => All<Pod>();

    public IReadOnlyList<Secret> Secrets => All<Secret>();

    /// <summary>Sets the status of a pod as its host would.</summary>
    public void SetStatus(string pod, Func<Pod, PodStatus> status)
    {
        lock (_lock)
        {
            var found = Pods.Single(p => p.Metadata.Name == pod);
            Store(found with { Status = status(found) }, WatchEventType.Modified);
        }
    }

    public void Update(string pod, Func<Pod, Pod> change)
    {
        lock (_lock)
        {
            Store(change(Pods.Single(p => p.Metadata.Name == pod)), WatchEventType.Modified);
        }
    }

    /// <summary>Takes a pod away without asking anyone, finalizers or not.</summary>
    public void Vanish(string pod)
    {
        lock (_lock)
        {
            Remove(Pods.Single(p => p.Metadata.Name == pod));
        }
    }

    /// <summary>The host reports that a pod being deleted has ended.</summary>
    public void FinishPod(string name)
    {
        lock (_lock)
        {
            var pod = Pods.Single(p => p.Metadata.Name == name);
            var ended = pod with
            {
                Status = pod.Status.ContainerStatuses.Count == 0 ? pod.Status : PodStates.Ended(pod, 137, clock.GetUtcNow()),
                Metadata = pod.Metadata with { DeletionGracePeriodSeconds = 0 },
            };
            if (ended.Metadata.Finalizers.Count == 0)
            {
                Remove(ended);
            }
            else
            {
                Store(ended, WatchEventType.Modified);
            }
        }
    }

    public async Task<T> GetAsync<T>(string? namespaceName, string name, CancellationToken cancellationToken)
        where T : class, IKubeObject<T> =>
        await FindAsync<T>(namespaceName, name, cancellationToken) ?? throw ApiErrors.NotFound(T.Info, name);

    public Task<T?> FindAsync<T>(string? namespaceName, string name, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        lock (_lock)
        {
            return Task.FromResult((T?)_objects.GetValueOrDefault((typeof(T), namespaceName ?? "", name)));
        }
    }

    public Task<ObjectList<T>> ListAsync<T>(string? namespaceName, ListOptions options, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        lock (_lock)
        {
            return Task.FromResult(new ObjectList<T>([.. All<T>().Where(o => Matches(o, namespaceName, options.LabelSelector))], $"{_version}"));
        }
    }

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        string? namespaceName, WatchOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        var changes = Channel.CreateUnbounded<WatchEvent<T>>();
        void Watcher(Type type, WatchEventType kind, IKubeObject value)
        {
            if (type == typeof(T) && Matches(value, namespaceName, options.LabelSelector))
            {
                changes.Writer.TryWrite(new WatchEvent<T>(kind, (T)value));
            }
        }

        lock (_lock)
        {
            // What changed between the list and this watch.
            foreach (var late in All<T>().Where(o => long.Parse(o.Metadata.ResourceVersion) > long.Parse(options.ResourceVersion ?? "0")))
            {
                Watcher(typeof(T), WatchEventType.Modified, late);
            }

            _watchers.Add(Watcher);
        }

        await foreach (var change in changes.Reader.ReadAllAsync(cancellationToken))
        {
            yield return change;
        }
    }

    public Task<T> CreateAsync<T>(T desired, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        lock (_lock)
        {
            CreateAttempts += desired is Pod ? 1 : 0;
            if (desired is Pod && CreateFailure is { } failure)
            {
                throw failure;
            }

            if (_objects.ContainsKey((typeof(T), desired.Metadata.Namespace, desired.Metadata.Name)))
            {
                throw ApiErrors.AlreadyExists(T.Info, desired.Metadata.Name);
            }

            IKubeObject stored = desired.WithMetadata(desired.Metadata with { Uid = $"uid-{_version}", CreationTimestamp = KubeTime.Truncate(clock.GetUtcNow()) });
            if (stored is Pod pod)
            {
                Created.Add(pod.Metadata.Name);
                stored = RunsPods ? PodStates.Running(pod, clock.GetUtcNow(), $"10.1.0.{++_addresses}") : pod with { Status = new PodStatus { Phase = "Pending" } };
            }

            return Task.FromResult((T)Store(stored, WatchEventType.Added));
        }
    }

    public Task<T> UpdateAsync<T>(T desired, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        lock (_lock)
        {
            return Task.FromResult((T)Store(desired, WatchEventType.Modified));
        }
    }

    public Task<T> PatchAsync<T>(string? namespaceName, string name, Patch patch, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        lock (_lock)
        {
            if (!_objects.TryGetValue((typeof(T), namespaceName ?? "", name), out var found))
            {
                throw ApiErrors.NotFound(T.Info, name);
            }

            var metadata = JsonNode.Parse(patch.Body.Span)!["metadata"]!;
            if ((string?)metadata["uid"] is { } uid && uid != found.Metadata.Uid)
            {
                throw ApiErrors.Conflict(T.Info, name, "Precondition failed: UID in precondition");
            }

            var patched = ((T)found).WithMetadata(found.Metadata with { Finalizers = [.. metadata["finalizers"]!.AsArray().Select(f => (string)f!)] });
            if (patched.Metadata is { DeletionTimestamp: not null, Finalizers.Count: 0 } && (patched is not Pod || patched.Metadata.DeletionGracePeriodSeconds == 0))
            {
                Remove(patched);
                return Task.FromResult(patched);
            }

            return Task.FromResult((T)Store(patched, WatchEventType.Modified));
        }
    }

    public Task<bool> DeleteAsync<T>(string? namespaceName, string name, DeleteRequest options, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        lock (_lock)
        {
            if (!_objects.TryGetValue((typeof(T), namespaceName ?? "", name), out var found))
            {
                return Task.FromResult(false);
            }

            if (found is not Pod pod)
            {
                Remove(found);
                return Task.FromResult(true);
            }

            var grace = pod.Spec.NodeName.Length == 0 ? 0 : pod.Spec.TerminationGracePeriodSeconds ?? 30;
            pod = pod with { Metadata = pod.Metadata with { DeletionTimestamp = KubeTime.Truncate(clock.GetUtcNow()), DeletionGracePeriodSeconds = grace } };
            Store(pod, WatchEventType.Modified);
            if (EndsPods || grace == 0)
            {
                FinishPod(name);
            }

            return Task.FromResult(true);
        }
    }

    public Task<ApiObject> CreateSubresourceAsync<TParent, TBody>(
        string? namespaceName, string name, string subresource, TBody body, CancellationToken cancellationToken)
        where TParent : class, IKubeObject<TParent>
        where TBody : class, IJsonModel<TBody> => throw new NotSupportedException("The service creates no subresources.");

    /// <summary>Adds an Event about a pod's container.</summary>
    public void AddEvent(Pod pod, string container, string reason, string message, string type = "Normal")
    {
        lock (_lock)
        {
            Store(new Event
            {
                Metadata = new ObjectMeta { Name = $"{pod.Metadata.Name}.{_version}", Namespace = pod.Metadata.Namespace },
                InvolvedObject = new ObjectReference { Kind = "Pod", Name = pod.Metadata.Name, Uid = pod.Metadata.Uid, FieldPath = $"spec.containers{{{container}}}" },
                Reason = reason,
                Message = message,
                Type = type,
                Count = 1,
                FirstTimestamp = clock.GetUtcNow(),
                LastTimestamp = clock.GetUtcNow(),
            }, WatchEventType.Added);
        }
    }

    private List<T> All<T>()
    {
        lock (_lock)
        {
            return [.. _objects.Values.OfType<T>()];
        }
    }

    private IKubeObject Store(IKubeObject value, WatchEventType kind)
    {
        var versioned = WithVersion(value, $"{++_version}");
        _objects[(versioned.GetType(), versioned.Metadata.Namespace, versioned.Metadata.Name)] = versioned;
        _watchers.ForEach(w => w(versioned.GetType(), kind, versioned));
        return versioned;
    }

    private void Remove(IKubeObject value)
    {
        var last = WithVersion(value, $"{++_version}");
        _objects.Remove((value.GetType(), value.Metadata.Namespace, value.Metadata.Name));
        _watchers.ForEach(w => w(last.GetType(), WatchEventType.Deleted, last));
    }

    private static IKubeObject WithVersion(IKubeObject value, string version) => value switch
    {
        Pod pod => pod with { Metadata = pod.Metadata with { ResourceVersion = version } },
        Secret secret => secret with { Metadata = secret.Metadata with { ResourceVersion = version } },
        Event e => e with { Metadata = e.Metadata with { ResourceVersion = version } },
        Namespace n => n with { Metadata = n.Metadata with { ResourceVersion = version } },
        _ => throw new NotSupportedException(value.Kind),
    };

    private static bool Matches(IKubeObject value, string? namespaceName, string? selector) =>
        (string.IsNullOrEmpty(namespaceName) || value.Metadata.Namespace == namespaceName)
        && (selector is null || (selector.Split('=') is [var key, var wanted] && value.Metadata.Labels.GetValueOrDefault(key) == wanted));

    private sealed class LogTransport(FakeCore core) : IApiTransport
    {
        public Task<ApiObject> SendAsync(ApiRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ApiObjectList> ListAsync(ApiRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<ApiWatchFrame> WatchAsync(ApiRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Stream> OpenStreamAsync(ApiRequest request, CancellationToken cancellationToken) =>
            Task.FromResult<Stream>(new MemoryStream(Encoding.UTF8.GetBytes(core.Logs)));
    }
}
