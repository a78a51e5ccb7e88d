namespace Strata.ApiServer.Registry.Generic;

/// <summary>An object about to be written, without resourceVersion.</summary>
/// <param name="Stored">In the stored version.</param>
/// <param name="Served">In the version it is answered in: what was stored need not be converted back.</param>
internal readonly record struct EncodedObject(byte[] Stored, byte[] Served);
