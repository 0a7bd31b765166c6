SELECT users.id, users.email, users.name, users.password_hash AS "passwordHash", users.role::text AS role, users.created_at AS "createdAt", users.updated_at AS "updatedAt"
FROM sessions
JOIN users ON users.id = sessions.user_id
WHERE sessions.id = $1::uuid AND sessions.user_id = $2::uuid AND sessions.revoked_at IS NULL AND sessions.expires_at > now() AND sessions.last_used_at > now() - $3 * interval '1 day';
