using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Strata.Cri.Containerd;
using Strata.Cri.Containerd.Content;
using Strata.Cri.Containerd.Diff;
using Strata.Cri.Containerd.Snapshots;

namespace Strata.Cri.Images;

/// <summary>Unpacks an image's layers into snapshots, as a pull does. Without it CRI unpacks at the first container, which
/// then starts a quarter of a second later.</summary>
internal sealed class ImageUnpacker(CriClient client)
{
    private const string Snapshotter = "overlayfs";

    private readonly Content.ContentClient _content = new(client.Channel.Invoker);
    private readonly Diff.DiffClient _diff = new(client.Channel.Invoker);
    private readonly Snapshots.SnapshotsClient _snapshots = new(client.Channel.Invoker);

    public async Task UnpackAsync(OciImage image, string lease, CancellationToken cancellationToken)
    {
        var headers = new Metadata { ImageImporter.CriNamespace[0], { "containerd-lease", lease } };
        var diffIds = await ReadDiffIdsAsync(image, cancellationToken);
        var chain = "";
        for (var i = 0; i < diffIds.Count; i++)
        {
            var parent = chain;
            chain = chain.Length == 0 ? diffIds[i] : OciDigest.Of(Encoding.ASCII.GetBytes($"{chain} {diffIds[i]}"));
            if (!await ExistsAsync(chain, headers, cancellationToken))
            {
                await UnpackLayerAsync(image.Layers[i], parent, chain, headers, cancellationToken);
            }
        }
        await HoldAsync(image.Config, chain, headers, cancellationToken);
    }

    private static async Task<List<string>> ReadDiffIdsAsync(OciImage image, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        await image.Config.WriteToAsync(content, cancellationToken);
        content.Position = 0;
        var ids = (await JsonNode.ParseAsync(content, cancellationToken: cancellationToken))?["rootfs"]?["diff_ids"]?.AsArray();
        return ids?.Count == image.Layers.Count
            ? [.. ids.Select(id => (string?)id ?? "")]
            : throw new InvalidDataException($"the configuration of {image.Reference} does not list its {image.Layers.Count} layers");
    }

    private async Task<bool> ExistsAsync(string chain, Metadata headers, CancellationToken cancellationToken)
    {
        try
        {
            var request = new StatSnapshotRequest { Snapshotter = Snapshotter, Key = chain };
            await _snapshots.StatAsync(request, headers, cancellationToken: cancellationToken);
            return true;
        }
        catch (CriException e) when (e.IsNotFound)
        {
            return false;
        }
    }

    private async Task UnpackLayerAsync(
        OciBlob layer, string parent, string chain, Metadata headers, CancellationToken cancellationToken)
    {
        // The lease id makes the working name unique: leases are made by containerd, one per import.
        var key = $"strata-import-{headers[1].Value}-{chain}";
        var prepared = await _snapshots.PrepareAsync(
            new PrepareSnapshotRequest { Snapshotter = Snapshotter, Key = key, Parent = parent }, headers, cancellationToken: cancellationToken);
        try
        {
            var descriptor = new ContentDescriptor { MediaType = layer.MediaType, Digest = layer.Digest, Size = layer.Size };
            await _diff.ApplyAsync(
                new ApplyRequest { Diff = descriptor, Mounts = { prepared.Mounts } }, headers, cancellationToken: cancellationToken);
            await _snapshots.CommitAsync(
                new CommitSnapshotRequest { Snapshotter = Snapshotter, Name = chain, Key = key }, headers, cancellationToken: cancellationToken);
        }
        catch (CriException e)
        {
            await _snapshots.RemoveAsync(
                new RemoveSnapshotRequest { Snapshotter = Snapshotter, Key = key }, headers, cancellationToken: CancellationToken.None);
            if (e.Code != StatusCode.AlreadyExists)
            {
                throw; // Otherwise CRI, which saw the image first, unpacked the same layer meanwhile.
            }
        }
    }

    /// <summary>The label by which garbage collection knows that the configuration needs the topmost snapshot.</summary>
    private async Task HoldAsync(OciBlob config, string chain, Metadata headers, CancellationToken cancellationToken)
    {
        const string Label = $"containerd.io/gc.ref.snapshot.{Snapshotter}";
        var request = new UpdateRequest
        {
            Info = new Containerd.Content.Info { Digest = config.Digest, Labels = { [Label] = chain } },
            UpdateMask = FieldMask.FromString($"labels.{Label}"),
        };
        await _content.UpdateAsync(request, headers, cancellationToken: cancellationToken);
    }
}
