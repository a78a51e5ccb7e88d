using System.Text;
using System.Text.Json;
using Strata.Api.Models;
using Strata.Client;
using Strata.Store;

namespace Strata.Crash.Tests.ApiServers;

/// <summary>What one API server's store has to hold after a crash, and what its successor has to serve.</summary>
internal sealed class ApiServerHistory
{
    private const string Prefix = "/registry/configmaps/default/";

    private readonly Lock _lock = new(); // Guards _pending and _seen, which writers and watchers fill.
    private readonly Dictionary<long, ObjectWrite> _pending = [];
    private readonly List<ObjectWrite> _seen = [];
    private readonly Dictionary<string, ObjectWrite> _current = [];
    private readonly HashSet<string> _nonces = [];
    private long _revision = 1; // That of an empty store.

    /// <summary>Acknowledged writes that were found.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Events that watchers were told and that were found, each in its place.</summary>
    public int Watched { get; private set; }

    public void Remember(ConfigMap written)
    {
        lock (_lock)
        {
            var write = ObjectWrite.Of(written);
            Assert.True(_pending.TryAdd(write.Revision, write), $"one revision was given to two writes: {write}");
        }
    }

    public void Saw(ConfigMap watched)
    {
        lock (_lock)
        {
            _seen.Add(ObjectWrite.Of(watched));
        }
    }

    /// <summary>Checks everything that was stored since the last check: each acknowledged write is there, once and whole, and the watcher saw a row of them without a gap.</summary>
    public async Task CheckStoredAsync(IRevisionedStore store, CancellationToken cancellationToken)
    {
        var revision = await store.GetCurrentRevisionAsync(cancellationToken);
        var stored = new List<ObjectWrite>();
        await foreach (var batch in store.WatchAsync(KeyRange.All, _revision, cancellationToken))
        {
            foreach (var change in batch.Events)
            {
                Assert.Equal(_revision + 1, change.Revision);
                _revision = change.Revision;
                if (Read(change) is { } write)
                {
                    Follow(write);
                    stored.Add(write);
                }
            }

            if (batch.Revision >= revision)
            {
                break;
            }
        }

        Assert.True(_pending.Count == 0, $"acknowledged, but lost: {string.Join(", ", _pending.Values.Take(5))}");
        Assert.Equal(stored.Take(_seen.Count), _seen); // The kill may have come before the rest was told, but never in between.
        Watched += _seen.Count;
        _seen.Clear();
    }

    public async Task CheckServedAsync(IKubeClient client, CancellationToken cancellationToken)
    {
        var listed = await client.ListAsync<ConfigMap>("default", ListOptions.All, cancellationToken);
        var served = listed.Items.Where(item => item.Data.ContainsKey("nonce")).Select(ObjectWrite.Of);
        Assert.Equal(_current.Values.OrderBy(write => write.Name, StringComparer.Ordinal), served.OrderBy(write => write.Name, StringComparer.Ordinal));
    }

    private void Follow(ObjectWrite write)
    {
        Assert.True(_nonces.Add(write.Nonce), $"written twice: {write}");
        _current[write.Name] = write;
        if (_pending.Remove(write.Revision, out var acknowledged))
        {
            Assert.Equal(acknowledged, write);
            Acknowledged++;
        }
    }

    private static ObjectWrite? Read(StoreEvent change)
    {
        var key = Encoding.UTF8.GetString(change.Entry.Key.Span);
        if (!key.StartsWith(Prefix, StringComparison.Ordinal) || change.Kind != StoreEventKind.Put)
        {
            return null;
        }

        using var stored = JsonDocument.Parse(change.Entry.Value); // Half an object would not parse.
        return new ObjectWrite(change.Revision, key[Prefix.Length..], stored.RootElement.GetProperty("data").GetProperty("nonce").GetString()!);
    }
}
