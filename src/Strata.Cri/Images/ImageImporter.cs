using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Strata.Cri.Containerd;
using Strata.Cri.Containerd.Content;
using Strata.Cri.Containerd.Images;
using Strata.Cri.Containerd.Leases;

namespace Strata.Cri.Images;

/// <summary>Puts images into containerd's CRI namespace over its content, image and lease services, without a registry.</summary>
/// <remarks>
/// 1. Skip if the name already points to this very manifest.
/// 2. Take a lease: what is written under it is safe from garbage collection until something refers to it.
/// 3. Write layers, configuration and, last, the manifest with labels that refer to the others.
/// 4. Unpack the layers, so that the first container need not wait for it.
/// 5. Point the name at the manifest and give the lease back.
/// 6. Wait until CRI has noticed (it follows the image events).
/// </remarks>
public sealed partial class ImageImporter(CriClient client, TimeProvider clock, ILogger<ImageImporter> logger)
{
    private static readonly TimeSpan NoticePollInterval = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan NoticeTimeout = TimeSpan.FromSeconds(10);

    // CRI keeps everything of its own in this containerd namespace.
    internal static readonly Metadata CriNamespace = new() { { "containerd-namespace", "k8s.io" } };

    private readonly Content.ContentClient _content = new(client.Channel.Invoker);
    private readonly Containerd.Images.Images.ImagesClient _images = new(client.Channel.Invoker);
    private readonly Leases.LeasesClient _leases = new(client.Channel.Invoker);
    private readonly ImageUnpacker _unpacker = new(client);
    private readonly ILogger _logger = logger;

    /// <summary>Makes the image known to CRI under its reference. Repeating it costs two calls.</summary>
    /// <returns>True when it was written, false when it was there already.</returns>
    /// <exception cref="CriException">containerd refused, for example because the content does not match its digest.</exception>
    public async Task<bool> ImportAsync(OciImage image, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var known = await FindAsync(image.Reference, cancellationToken);
        if (known?.Target.Digest == image.Manifest.Digest && await IsNoticedAsync(image, cancellationToken))
        {
            return false;
        }
        var lease = await _leases.CreateAsync(new CreateRequest(), CriNamespace, cancellationToken: cancellationToken);
        try
        {
            await WriteAllAsync(image, lease.Lease.Id, cancellationToken);
            await _unpacker.UnpackAsync(image, lease.Lease.Id, cancellationToken);
            await PointNameAsync(image, exists: known is not null, lease.Lease.Id, cancellationToken);
        }
        finally
        {
            // Not the caller's token: a lease that stays would keep the content for ever.
            await _leases.DeleteAsync(new DeleteRequest { Id = lease.Lease.Id }, CriNamespace, cancellationToken: CancellationToken.None);
        }
        await WaitUntilNoticedAsync(image, cancellationToken);
        LogImported(image.Reference, image.Manifest.Digest, clock.GetElapsedTime(started).TotalMilliseconds);
        return true;
    }

    private async Task<Image?> FindAsync(string reference, CancellationToken cancellationToken)
    {
        try
        {
            var request = new GetImageRequest { Name = reference };
            return (await _images.GetAsync(request, CriNamespace, cancellationToken: cancellationToken)).Image;
        }
        catch (CriException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    private async Task WriteAllAsync(OciImage image, string lease, CancellationToken cancellationToken)
    {
        // Garbage collection follows these labels from the manifest to what it needs.
        var references = new Dictionary<string, string> { ["containerd.io/gc.ref.content.config"] = image.Config.Digest };
        for (var i = 0; i < image.Layers.Count; i++)
        {
            references[$"containerd.io/gc.ref.content.l.{i}"] = image.Layers[i].Digest;
            await WriteBlobAsync(image.Layers[i], [], lease, cancellationToken);
        }
        await WriteBlobAsync(image.Config, [], lease, cancellationToken);
        await WriteBlobAsync(image.Manifest, references, lease, cancellationToken);
    }

    private async Task WriteBlobAsync(
        OciBlob blob, Dictionary<string, string> labels, string lease, CancellationToken cancellationToken)
    {
        var headers = new Metadata { CriNamespace[0], { "containerd-lease", lease } };
        using var call = _content.Write(headers, cancellationToken: cancellationToken);
        try
        {
            await using var upload = new ContentUploadStream(call, blob, labels);
            await blob.WriteToAsync(upload, cancellationToken);
            await upload.CommitAsync(cancellationToken);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.AlreadyExists)
        {
            return; // The lease now holds the blob that was there.
        }
        catch (RpcException e)
        {
            throw client.Channel.Errors.Map(e, $"write of {blob.Digest}", cancellationToken);
        }
    }

    private async Task PointNameAsync(OciImage image, bool exists, string lease, CancellationToken cancellationToken)
    {
        var record = new Image
        {
            Name = image.Reference,
            Target = new ContentDescriptor
            {
                MediaType = image.Manifest.MediaType, Digest = image.Manifest.Digest, Size = image.Manifest.Size,
            },
        };
        var headers = new Metadata { CriNamespace[0], { "containerd-lease", lease } };
        if (exists)
        {
            var request = new UpdateImageRequest { Image = record, UpdateMask = FieldMask.FromString("target") };
            await _images.UpdateAsync(request, headers, cancellationToken: cancellationToken);
        }
        else
        {
            await _images.CreateAsync(new CreateImageRequest { Image = record }, headers, cancellationToken: cancellationToken);
        }
    }

    private async Task<bool> IsNoticedAsync(OciImage image, CancellationToken cancellationToken) =>
        (await client.ImageStatusAsync(image.Reference, cancellationToken))?.Id == image.Id;

    private async Task WaitUntilNoticedAsync(OciImage image, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (!await IsNoticedAsync(image, cancellationToken))
        {
            if (clock.GetElapsedTime(started) > NoticeTimeout)
            {
                throw new CriException(
                    StatusCode.DeadlineExceeded, $"containerd stored {image.Reference}, but its CRI service does not list the image");
            }
            await Task.Delay(NoticePollInterval, clock, cancellationToken);
        }
    }

    [LoggerMessage(EventIds.ImageImported, LogLevel.Information, "Imported image {Reference} ({Digest}) in {Milliseconds:0} ms")]
    private partial void LogImported(string reference, string digest, double milliseconds);
}
