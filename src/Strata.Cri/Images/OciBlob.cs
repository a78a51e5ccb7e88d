namespace Strata.Cri.Images;

/// <summary>Content of an image: its descriptor, and how to produce the bytes (again each time, so nothing is kept in memory).</summary>
public sealed record OciBlob(string MediaType, string Digest, long Size, Func<Stream, CancellationToken, Task> WriteToAsync)
{
    internal static OciBlob FromBytes(string mediaType, byte[] content) => new(
        mediaType, OciDigest.Of(content), content.Length, async (target, token) => await target.WriteAsync(content, token));
}
