using System.IO.Compression;

namespace Strata.Api.OpenApi;

/// <summary>A written document, kept compressed: it is asked for seldom and would cost a megabyte otherwise.</summary>
/// <param name="Hash">Upper-case hex; also the ETag.</param>
/// <param name="Gzip">The JSON, compressed: send it as it is to clients that accept gzip.</param>
public sealed record OpenApiDocument(string Hash, ReadOnlyMemory<byte> Gzip)
{
    /// <summary>The JSON itself.</summary>
    public byte[] Json()
    {
        using var packed = new MemoryStream(Gzip.ToArray());
        using var unpacked = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Decompress))
        {
            gzip.CopyTo(unpacked);
        }

        return unpacked.ToArray();
    }

    internal static OpenApiDocument Pack(string hash, byte[] json)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(json);
        }

        return new OpenApiDocument(hash, packed.ToArray());
    }
}
