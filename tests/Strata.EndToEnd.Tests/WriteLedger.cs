using System.Globalization;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;

namespace Strata.EndToEnd.Tests;

/// <summary>One client's ConfigMaps: what the server has acknowledged of each, and what it was asked last. Not thread-safe: one writer has one ledger.</summary>
/// <param name="owner">Tells this ledger's objects from those of others.</param>
internal sealed class WriteLedger(string owner, Random random)
{
    private const string Space = "default";
    private const string OperationLabel = "operation";
    private const int MostObjects = 20;

    private readonly List<Entry> _entries = [];
    private int _operations;

    /// <summary>Number of writes that were acknowledged.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Creates, changes and deletes, one after the other, until a request fails.</summary>
    /// <param name="mayFail">Whether the server has been killed; any failure before that is the server's fault.</param>
    public async Task WriteAsync(KubeClient client, Func<bool> mayFail, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await StepAsync(client, cancellationToken);
                Acknowledged++;
            }
        }
        catch (Exception error) when (mayFail() && error is ApiException or HttpRequestException or IOException or OperationCanceledException)
        {
            return; // What was asked last is open: it may have happened or not.
        }
    }

    /// <summary>Compares with what the server has: every acknowledged write once, and of the open one all or nothing.</summary>
    public async Task CheckAsync(KubeClient client, string when, CancellationToken cancellationToken)
    {
        var found = await client.ListAsync<ConfigMap>(Space, new ListOptions($"owner={owner}"), cancellationToken);
        var byOperation = found.Items.ToLookup(map => map.Metadata.Labels[OperationLabel]);
        Assert.All(byOperation, group => Assert.True(_entries.Any(entry => entry.Operation == group.Key), $"{when}: an object that was deleted or never asked for: {group.First().Metadata.Name}"));
        foreach (var entry in _entries.ToArray())
        {
            var copies = byOperation[entry.Operation].ToList();
            Assert.True(copies.Count <= 1, $"{when}: {entry} is there {copies.Count} times");
            var actual = copies.Count == 0 ? null : ContentOf(copies[0]);
            Assert.True(actual == entry.Stored || (entry.IsOpen && actual == entry.Asked), $"{when}: {entry}, but found {actual ?? "nothing"}");
            (entry.Stored, entry.IsOpen) = (actual, false);
            entry.Name = copies.Count == 0 ? entry.Name : copies[0].Metadata.Name;
        }

        _entries.RemoveAll(entry => entry.Stored is null);
    }

    private async Task StepAsync(KubeClient client, CancellationToken cancellationToken)
    {
        var operation = string.Create(CultureInfo.InvariantCulture, $"{owner}-{_operations++}");
        var kind = _entries.Count == 0 ? 0 : random.Next(_entries.Count < MostObjects ? 4 : 3);
        var entry = kind is 1 or 2 ? _entries[random.Next(_entries.Count)] : null;
        switch (kind)
        {
            case 1:
                Ask(entry!, operation);
                await client.PatchAsync<ConfigMap>(Space, entry!.Name, Patch.Merge($$$"""{"data":{"left":"{{{operation}}}","right":"{{{operation}}}"}}"""), null, cancellationToken);
                break;
            case 2:
                Ask(entry!, null);
                await client.DeleteAsync<ConfigMap>(Space, entry!.Name, DeleteRequest.Default, cancellationToken);
                _entries.Remove(entry);
                break;
            default:
                entry = new Entry(operation);
                _entries.Add(entry);
                Ask(entry, operation);
                entry.Name = (await client.CreateAsync(NewMap(operation), cancellationToken)).Metadata.Name;
                break;
        }

        (entry.Stored, entry.IsOpen) = (entry.Asked, false);
    }

    private ConfigMap NewMap(string operation) => new()
    {
        // Named by the server, so that a write that was carried out twice would show.
        Metadata = new ObjectMeta { GenerateName = "crash-", Namespace = Space, Labels = new Dictionary<string, string> { ["owner"] = owner, [OperationLabel] = operation } },
        Data = new Dictionary<string, string> { ["left"] = operation, ["right"] = operation },
    };

    private static void Ask(Entry entry, string? content) => (entry.Asked, entry.IsOpen) = (content, true);

    private static string ContentOf(ConfigMap map) =>
        map.Data.GetValueOrDefault("left") is { } left && map.Data.GetValueOrDefault("right") == left ? left : "half an object";

    /// <summary>One object, from the operation that created it on.</summary>
    private sealed class Entry(string operation)
    {
        public string Operation { get; } = operation;

        public string Name { get; set; } = "";

        /// <summary>Content that the server acknowledged; null when there is none.</summary>
        public string? Stored { get; set; }

        /// <summary>Content that the last request wanted; null when it wanted the object gone.</summary>
        public string? Asked { get; set; }

        /// <summary>The last request has not been answered.</summary>
        public bool IsOpen { get; set; }

        public override string ToString() => $"{Operation} holds {Stored ?? "nothing"}{(IsOpen ? $" or {Asked ?? "nothing"}" : "")}";
    }
}
