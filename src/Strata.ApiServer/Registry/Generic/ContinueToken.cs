using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Strata.Api.Errors;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Where the next page of a list begins. Opaque to clients.</summary>
/// <param name="Revision">Version of the list; 0 to go on at the latest one, after the pinned one was forgotten.</param>
/// <param name="AfterKey">Last key of the page before, without the kind's prefix.</param>
internal readonly record struct ContinueToken(long Revision, string AfterKey)
{
    private const string Version = "1";

    public string Encode() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Version} {Revision} {AfterKey}")));

    /// <exception cref="ApiException">BadRequest: the token is not one of ours.</exception>
    public static ContinueToken Decode(string token)
    {
        if (Base64Url.IsValid(token))
        {
            var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split(' ', 3);
            if (parts is [Version, var revision, { Length: > 0 } key] && long.TryParse(revision, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return new ContinueToken(number, key);
            }
        }

        throw ApiErrors.BadRequest("continue key is not valid: it must be the metadata.continue of an earlier page of the same list");
    }
}
